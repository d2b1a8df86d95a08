import type { SweepPorts } from './ports.ts';
import type { SweepReport } from './report.ts';
import { type CountedZones, countZones } from './zones.ts';

export interface TellPorts {
  publish(report: SweepReport): void;
  publishZones(zones: CountedZones): void;
  write(report: SweepReport): Promise<void>;
}

/**
 * Tells what a sweep has found: its metrics, on which alarms are, and its report. Then the zones are counted that the sweep
 * has not listed, until `deadline`: that this fails, or takes too long for a large lake, is told, and keeps nothing else
 * from being told.
 */
export async function tellSweep(
  ports: Pick<SweepPorts, 'lake' | 'clock'>,
  tell: TellPorts,
  report: SweepReport,
  deadline: number,
): Promise<SweepReport> {
  tell.publish(report);
  await tell.write(report);
  const whole = await countZones(ports, deadline).then(
    (zones): SweepReport => {
      tell.publishZones(zones);
      return { ...report, zones: { ...report.zones, ...zones } };
    },
    (error: unknown): SweepReport => ({ ...report, errors: [...report.errors, `zones: ${error}`] }),
  );
  await tell.write(whole);
  return whole;
}
