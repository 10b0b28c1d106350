import { isRecord } from '../../json.ts';
import { type AskApi, pathOf } from '../api/cluster-api.ts';
import { type Operation, pointer } from '../pod/json-patch.ts';
import { ApiRefused } from './api-refused.ts';

/** What API servers trust at the webhook, as its configuration says. */
export interface Trust {
  readonly isTrusted: (cert: string) => boolean;
  /** Has them trust these certificates and no others. @returns false if somebody else was faster */
  readonly trust: (certs: readonly string[]) => Promise<boolean>;
}

/** Reads the configuration of the webhook. @throws ApiUnreachable, ApiRefused */
export async function readTrust(configuration: string, ask: AskApi): Promise<Trust> {
  const path = pathOf(
    'apis',
    'admissionregistration.k8s.io',
    'v1',
    'mutatingwebhookconfigurations',
    configuration,
  );
  const { status, body } = await ask({ method: 'GET', path });
  const webhooks = isRecord(body) && Array.isArray(body.webhooks) ? (body.webhooks as unknown[]) : [];
  const version = isRecord(body) && isRecord(body.metadata) ? body.metadata.resourceVersion : undefined;
  if (status !== 200 || webhooks.length === 0)
    throw new ApiRefused(`MutatingWebhookConfiguration ${configuration}`, status);
  const bundles = webhooks.map(bundleIn);
  const isTrusted = (cert: string): boolean => bundles.every((bundle) => bundle.has(plain(cert)));
  return {
    isTrusted,
    trust: async (certs) => {
      const isSo = bundles.every(({ size }) => size === certs.length) && certs.every(isTrusted);
      if (isSo) return true;
      const caBundle = Buffer.from(certs.map((cert) => `${plain(cert)}\n`).join('')).toString('base64');
      const patch: Operation[] = [
        { op: 'test', path: pointer('metadata', 'resourceVersion'), value: version },
        ...webhooks.map(
          (_, index): Operation => ({
            op: 'add',
            path: pointer('webhooks', index, 'clientConfig', 'caBundle'),
            value: caBundle,
          }),
        ),
      ];
      const patched = await ask({
        method: 'PATCH',
        path,
        body: { type: 'application/json-patch+json', value: patch },
      });
      if (patched.status === 200) return true;
      if (LOST.has(patched.status)) return false;
      throw new ApiRefused(`MutatingWebhookConfiguration ${configuration}`, patched.status);
    },
  };
}

/** A `test` that fails is answered 422, and an edit in between 409. */
const LOST: ReadonlySet<number> = new Set([409, 422]);

function bundleIn(webhook: unknown): ReadonlySet<string> {
  const config = isRecord(webhook) && isRecord(webhook.clientConfig) ? webhook.clientConfig : {};
  const text =
    typeof config.caBundle === 'string' ? Buffer.from(config.caBundle, 'base64').toString('latin1') : '';
  const blocks = text.split(END).slice(0, -1);
  return new Set(blocks.map((block) => plain(`${block}${END}`)));
}

const END = '-----END CERTIFICATE-----';

function plain(cert: string): string {
  return cert.replaceAll('\r', '').trim();
}
