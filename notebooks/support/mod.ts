/**
 * Everything that the cells of a notebook import.
 *
 * @module
 */
export { connect, type Connection, s3Setup } from "./connect.ts";
export { overview, type OverviewRow } from "./finding.ts";
export { appLandscape, type AppRow } from "./charts/app-landscape.ts";
export { dailyUsage, type DayRow } from "./charts/daily-usage.ts";
export { type DensityRow, languageDensity } from "./charts/language-density.ts";
export { type LanguageRow, languageUsage } from "./charts/language-usage.ts";
export { type HourRow, timeOfDay } from "./charts/time-of-day.ts";
export { type MentionRow, wordsOverDays } from "./charts/words-over-days.ts";
