/**
 * A server's description of itself: the instance (versions 1 and 2) and nodeinfo.
 *
 * @see https://docs.joinmastodon.org/entities/Instance/
 * @module
 */
import { atLeast, type Software } from "../../software/software.ts";
import { LANGUAGES } from "../../world/languages.ts";

/** Who may read the public timelines. */
export type Access = "public" | "authenticated" | "disabled";

/** The facts about a server that the answers contain. */
export interface InstanceFacts {
  /** The domain in the handles of its people. */
  domain: string;
  baseURL: string;
  /** The address of the stream in the instance: `ws://…`. */
  streamingURL: string;
  software: Software;
  access: Access;
  users: number;
  statuses: number;
  domains: number;
  /** The JSON of the contact's account. */
  contact: unknown;
}

const LIMITS = {
  accounts: { max_featured_tags: 10, max_pinned_statuses: 5 },
  statuses: { max_characters: 500, max_media_attachments: 4, characters_reserved_per_url: 23 },
  media_attachments: {
    supported_mime_types: ["image/jpeg", "image/png", "image/gif", "image/webp", "video/mp4"],
    image_size_limit: 16_777_216,
    image_matrix_limit: 33_177_600,
    video_size_limit: 103_809_024,
    video_frame_rate_limit: 120,
    video_matrix_limit: 8_294_400,
  },
  polls: {
    max_options: 4,
    max_characters_per_option: 50,
    min_expiration: 300,
    max_expiration: 2_629_746,
  },
};

const title = (domain: string) => domain.charAt(0).toUpperCase() + domain.split(".")[0]!.slice(1);
const DESCRIPTION = "A simulated server: nobody lives here, and nothing is remembered.";

/** Returns the body of `/api/v1/instance`. */
export function instanceV1(facts: InstanceFacts): Record<string, unknown> {
  const { domain, baseURL, streamingURL, software, users, statuses, domains, contact } = facts;
  return {
    uri: domain,
    title: title(domain),
    short_description: DESCRIPTION,
    description: DESCRIPTION,
    email: `contact@${domain}`,
    version: software.says,
    urls: { streaming_api: streamingURL },
    stats: { user_count: users, status_count: statuses, domain_count: domains },
    thumbnail: `${baseURL}/thumbnail.png`,
    languages: [LANGUAGES[0]!.tag],
    registrations: false,
    approval_required: false,
    invites_enabled: false,
    configuration: LIMITS,
    contact_account: contact,
    rules: [{ id: "1", text: "Be kind." }],
  };
}

/** Returns the body of `/api/v2/instance`. */
export function instanceV2(facts: InstanceFacts): Record<string, unknown> {
  const { domain, baseURL, streamingURL, software, access, users, contact } = facts;
  const feeds = { local: access, remote: access };
  return {
    domain,
    title: title(domain),
    version: software.says,
    source_url: software.sourceURL,
    description: DESCRIPTION,
    usage: { users: { active_month: users } },
    thumbnail: { url: `${baseURL}/thumbnail.png`, blurhash: null, versions: {} },
    icon: [],
    languages: [LANGUAGES[0]!.tag],
    configuration: {
      urls: {
        streaming: streamingURL,
        status: null,
        about: `${baseURL}/about`,
        privacy_policy: `${baseURL}/privacy-policy`,
        terms_of_service: null,
      },
      vapid: { public_key: "" },
      ...LIMITS,
      translation: { enabled: false },
      ...(atLeast(software.speaks, 4, 5)
        ? {
          timelines_access: {
            live_feeds: feeds,
            hashtag_feeds: feeds,
            trending_link_feeds: feeds,
          },
        }
        : {}),
      limited_federation: false,
    },
    registrations: {
      enabled: false,
      approval_required: false,
      reason_required: false,
      message: null,
      min_age: null,
      url: null,
    },
    api_versions: { mastodon: atLeast(software.speaks, 4, 5) ? 7 : 2 },
    contact: { email: `contact@${domain}`, account: contact },
    rules: [{ id: "1", text: "Be kind.", hint: "" }],
  };
}

/** Returns the body of `/.well-known/nodeinfo`. */
export function nodeinfoLinks(baseURL: string): Record<string, unknown> {
  return {
    links: [{
      rel: "http://nodeinfo.diaspora.software/ns/schema/2.0",
      href: `${baseURL}/nodeinfo/2.0`,
    }],
  };
}

/** Returns the body of `/nodeinfo/2.0`. */
export function nodeinfo(facts: InstanceFacts): Record<string, unknown> {
  const { domain, software, users, statuses } = facts;
  return {
    version: "2.0",
    software: { name: software.name, version: software.version },
    protocols: ["activitypub"],
    services: { outbound: [], inbound: [] },
    usage: {
      users: { total: users, activeMonth: users, activeHalfyear: users },
      localPosts: statuses,
    },
    openRegistrations: false,
    metadata: { nodeName: title(domain), nodeDescription: DESCRIPTION },
  };
}
