import { arch, cpus, loadavg, platform, release, totalmem } from 'node:os';

/** One line on what the figures were measured on, and how busy it was at that moment. */
export function hardwareLine(): string {
  const processors = cpus();
  const model = processors[0]?.model.trim() ?? 'unknown processor';
  const memory = (totalmem() / 2 ** 30).toFixed(1);
  const [load = 0] = loadavg();
  const system = `${platform()} ${release()} ${arch()}`;
  const machine = `${processors.length} x ${model}, ${memory} GiB`;
  return `${machine}; ${system}; Node ${process.versions.node}; load ${load.toFixed(2)}`;
}
