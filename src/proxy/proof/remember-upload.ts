import type { Plan } from '../plan/plan.ts';
import type { Serving } from '../serving.ts';

/** A part under our key that was proven is one of an upload that is encrypted: nobody has to ask the store about it again. */
export function rememberUpload(
  { upload, target, write, ssec }: Plan,
  status: number,
  { encryptedUploads }: Pick<Serving, 'encryptedUploads'>,
): void {
  if (!write || ssec.kind !== 'inject' || !upload || target.shape !== 'object') return;
  if (status < 200 || status > 299) return;
  const ssecKey = upload.kind === 'ours' ? upload.ssecKey : undefined;
  encryptedUploads.add(target, target.query.get('uploadId') ?? '', ssecKey);
}
