/**
 * Measures a program: its output, its duration, and its processor time and memory as Linux
 * counts them in `/proc`.
 *
 * @module
 */

/** The resources that a finished program has used. */
export interface Usage {
  /** Seconds from start to exit. */
  seconds: number;
  /** The processor seconds, user and system, of all its threads. */
  cpuSeconds: number;
  /** The highest memory use, in MiB (`VmHWM`). */
  peakMiB: number;
  /** Samples of the memory use, in MiB (`VmRSS`). */
  memoryMiB: number[];
  exitCode: number;
}

/** The clock ticks per second in `/proc/PID/stat`. It is 100 on every Linux that Deno runs on. */
const TICKS = 100;

function usageNow(pid: number): { cpuSeconds: number; rssMiB: number; peakMiB: number } | null {
  try {
    const status = Deno.readTextFileSync(`/proc/${pid}/status`);
    // The second field is the command in brackets, which may contain spaces. So only the part after
    // it is read.
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`).split(") ")[1]!.split(" ");
    const mib = (key: string) => Number(status.match(`${key}:\\s+(\\d+) kB`)?.[1] ?? 0) / 1024;
    return {
      cpuSeconds: (Number(stat[11]) + Number(stat[12])) / TICKS,
      rssMiB: mib("VmRSS"),
      peakMiB: mib("VmHWM"),
    };
  } catch {
    return null; // The process has exited.
  }
}

/** Returns the processor seconds that a running program has used until now; 0 after its exit. */
export function cpuSeconds(pid: number): number {
  return usageNow(pid)?.cpuSeconds ?? 0;
}

/**
 * Waits until `child` exits, and returns its usage. The memory is sampled every `intervalMs`
 * milliseconds (default 200).
 */
export async function measure(child: Deno.ChildProcess, intervalMs = 200): Promise<Usage> {
  const start = performance.now();
  const usage: Usage = { seconds: 0, cpuSeconds: 0, peakMiB: 0, memoryMiB: [], exitCode: -1 };
  const sample = () => {
    const now = usageNow(child.pid);
    if (now === null || now.rssMiB === 0) return;
    usage.cpuSeconds = now.cpuSeconds;
    usage.peakMiB = now.peakMiB;
    usage.memoryMiB.push(now.rssMiB);
  };
  const timer = setInterval(sample, intervalMs);
  try {
    const { code } = await child.status;
    usage.exitCode = code;
  } finally {
    clearInterval(timer);
  }
  usage.seconds = (performance.now() - start) / 1000;
  return usage;
}

/** The usage and the output of a program that has exited. */
export interface Ended extends Usage {
  stdout: string;
  stderr: string;
}

/**
 * Runs a program to its end without input. Its memory is sampled every `intervalMs` milliseconds.
 */
export async function runToEnd(
  command: string,
  options: Pick<Deno.CommandOptions, "args" | "env" | "cwd">,
  intervalMs: number,
): Promise<Ended> {
  const child = new Deno.Command(command, {
    ...options,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const [usage, stdout, stderr] = await Promise.all([
    measure(child, intervalMs),
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  return { ...usage, stdout, stderr };
}

/** Reads a program's standard error, and returns its last line. */
export async function lastLine(stderr: ReadableStream<Uint8Array>): Promise<string> {
  let tail = "";
  for await (const text of stderr.pipeThrough(new TextDecoderStream())) {
    tail = (tail + text).slice(-10_000);
  }
  return tail.trim().split("\n").at(-1) || "it printed nothing";
}

/** Returns the median of some numbers. */
export function median(figures: readonly number[]): number {
  const sorted = figures.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Describes the machine of the measurement in one line. */
export function machine(): string {
  let model = "unknown processor";
  try {
    model = Deno.readTextFileSync("/proc/cpuinfo").match(/model name\s*: (.*)/)?.[1] ?? model;
  } catch {
    // Only Linux has `/proc/cpuinfo`.
  }
  const memory = Math.round(Deno.systemMemoryInfo().total / 2 ** 30);
  return `${navigator.hardwareConcurrency} cores of ${model}, ${memory} GiB, ` +
    `${Deno.build.os} ${Deno.osRelease()}, Deno ${Deno.version.deno}`;
}
