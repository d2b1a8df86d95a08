/** Metrics out of log lines, by CloudWatch's embedded metric format. */

export interface Datum {
  namespace: string;
  name: string;
  unit: string;
  dimensions: Record<string, string>;
  values: number[];
  /** Milliseconds since the epoch. */
  at: number;
  /** 1 for a high-resolution metric. */
  resolution: 1 | 60;
}

interface Directive {
  Namespace?: unknown;
  Dimensions?: unknown;
  Metrics?: unknown;
}

const MAX_VALUES = 100;
const MAX_DIMENSIONS = 30;

/**
 * The metrics that CloudWatch would take from one log line; none if the line is not in the format, or where it breaks
 * the specification
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html).
 */
export function readEmf(line: string): Datum[] {
  const root = parseObject(line);
  const metadata = root?._aws;
  if (!root || !isObject(metadata) || !Array.isArray(metadata.CloudWatchMetrics)) return [];
  const at = metadata.Timestamp;
  if (typeof at !== 'number') return [];
  return metadata.CloudWatchMetrics.flatMap((directive) =>
    isObject(directive) ? readDirective(directive, root, at) : [],
  );
}

function readDirective(directive: Directive, root: Record<string, unknown>, at: number): Datum[] {
  const namespace = directive.Namespace;
  if (typeof namespace !== 'string' || namespace === '') return [];
  const sets = Array.isArray(directive.Dimensions) ? directive.Dimensions : [];
  const metrics = Array.isArray(directive.Metrics) ? directive.Metrics : [];
  return sets.flatMap((set) => {
    const dimensions = readDimensions(set, root);
    if (!dimensions) return [];
    return metrics.flatMap((metric): Datum[] => {
      if (!isObject(metric) || typeof metric.Name !== 'string') return [];
      const values = readValues(root[metric.Name]);
      if (values.length === 0) return [];
      const unit = typeof metric.Unit === 'string' ? metric.Unit : 'None';
      const resolution = metric.StorageResolution === 1 ? 1 : 60;
      return [{ namespace, name: metric.Name, unit, dimensions, values, at, resolution }];
    });
  });
}

/** The values of one set of dimensions; undefined if a member is missing or not a text. */
function readDimensions(set: unknown, root: Record<string, unknown>): Record<string, string> | undefined {
  if (!Array.isArray(set) || set.length > MAX_DIMENSIONS) return undefined;
  const dimensions: Record<string, string> = {};
  for (const name of set) {
    const value = typeof name === 'string' ? root[name] : undefined;
    if (typeof value !== 'string') return undefined;
    dimensions[name] = value;
  }
  return dimensions;
}

function readValues(value: unknown): number[] {
  const values = Array.isArray(value) ? value : [value];
  if (values.length > MAX_VALUES) return [];
  return values.every((one) => typeof one === 'number' && Number.isFinite(one)) ? (values as number[]) : [];
}

function parseObject(line: string): Record<string, unknown> | undefined {
  if (!line.includes('"_aws"')) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
