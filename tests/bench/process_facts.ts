/** Microseconds of a tick in /proc: USER_HZ is 100 on every Linux. */
const TICK_US = 10_000;

/** Processor time of a process so far, in microseconds, all of its threads together. */
export async function cpuUs(pid: number | "self"): Promise<number> {
  const text = await Deno.readTextFile(`/proc/${pid}/stat`);
  const fields = text.slice(text.lastIndexOf(") ") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * TICK_US;
}

/** Resident memory of a process, in megabytes. */
export async function residentMb(pid: number): Promise<number> {
  const text = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(/VmRSS:\s+(\d+) kB/.exec(text)?.[1]) / 1024;
}
