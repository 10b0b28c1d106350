import * as z from '../zod.ts';

export const secretRefSchema = () =>
  z.union(
    [
      z.string().min(1, { error: 'must not be empty' }),
      z.strictObject({
        env: z.string().regex(/^[A-Za-z_]\w*$/, { error: 'must be the name of an environment variable' }),
      }),
      z.strictObject({ file: z.string().min(1, { error: 'must not be empty' }) }),
    ],
    { error: 'must be exactly one of a string, { env: NAME } or { file: PATH }' },
  );

export const secret = (what: string) =>
  secretRefSchema().describe(`${what} A string, { env: NAME } or { file: PATH }.`);

export const credentials = () => ({
  accessKeyId: secret('Access key id.'),
  secretAccessKey: secret('Secret access key.'),
});

export type SecretRef = z.output<ReturnType<typeof secretRefSchema>>;
