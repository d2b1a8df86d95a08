import { InvokeCommand } from '@aws-sdk/client-lambda';
import { lambda } from './clients.ts';

/** Calls a function, waits for its end and returns its answer. Throws with the function's own words when it fails. */
export async function invokeFunction<T>(name: string, input: unknown): Promise<T> {
  const { FunctionError, Payload } = await lambda().send(
    new InvokeCommand({ FunctionName: name, Payload: Buffer.from(JSON.stringify(input)) }),
  );
  const answer: unknown = JSON.parse(Buffer.from(Payload ?? []).toString() || 'null');
  if (FunctionError === undefined) return answer as T;
  const { errorType, errorMessage } = (answer ?? {}) as { errorType?: string; errorMessage?: string };
  throw new Error(`the function ${name} failed (${FunctionError}): ${errorType ?? 'no reason'}: ${errorMessage ?? ''}`);
}
