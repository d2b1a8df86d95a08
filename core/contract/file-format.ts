import { z } from 'zod';

// A letter, a digit, a sign, a point or an underscore is part of names, numbers and dates.
const DELIMITER = /^(?:\t|[!#$%&()*,/:;<=>?@[\\\]^`{|}~])$/;
// A file that begins with one of [ and { is JSON.
const QUOTE = /^[!"#$%&'()*,/:;<=>?@\\\]^`|}~]$/;

const Delimiter = z.string().superRefine((text, context) => {
  const reason =
    text.length > 1
      ? `${JSON.stringify(text)} is ${text.length} characters; it must be one (a tab is "\\t", in double quotes)`
      : `${JSON.stringify(text)} can not be told from the content: it must be a tab or a punctuation mark other than quotes, "-", "+", "." and "_"`;
  if (!DELIMITER.test(text)) context.addIssue({ code: 'custom', message: reason });
});

const Quote = z
  .string()
  .regex(
    QUOTE,
    'must be one punctuation mark other than "-", "+", ".", "_", "[" and "{", or null if fields are never quoted',
  )
  .nullable();

/** `file` of the table's customProperties: how its text files are written, beyond what their content tells. */
export const FileExtras = z
  .strictObject({
    delimiter: Delimiter.optional(),
    quote: Quote.optional(),
    header: z.boolean().optional(),
    encoding: z.enum(['utf-8', 'utf-16le', 'utf-16be', 'windows-1252', 'iso-8859-1']).optional(),
  })
  .refine(({ delimiter, quote }) => delimiter === undefined || delimiter !== quote, {
    path: ['quote'],
    message: 'is the delimiter, too',
  });
export type FileExtras = z.infer<typeof FileExtras>;
