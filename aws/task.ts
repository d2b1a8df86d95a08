import { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import type { z } from 'zod';
import { InvalidInputError } from '../core/errors.ts';
import { translateError } from './service-errors.ts';

export const logger = new Logger();

/**
 * A Lambda handler for one state: parses the input, calls the task, returns its result. Errors leave it under the names
 * that the state machine's Retry knows; input that does not fit the schema is an InvalidInputError naming the fields.
 */
export function task<Input, Output>(schema: z.ZodType<Input>, run: (input: Input) => Promise<Output>) {
  return async (event: unknown, context: Context): Promise<Output> => {
    logger.addContext(context);
    const parsed = schema.safeParse(event);
    if (!parsed.success) {
      const problems = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'input'}: ${issue.message}`);
      throw new InvalidInputError(`the input is not what this task takes: ${problems.join('; ')}`);
    }
    try {
      const result = await run(parsed.data);
      logger.info('task done', { input: event, result });
      return result;
    } catch (error) {
      const translated = translateError(error);
      logger.error('task failed', { input: event, error: translated as Error });
      throw translated;
    }
  };
}
