import { storeAt } from '../config/store-hosts.ts';
import { quoted } from '../shell.ts';
import { type DefaultEncryption, unblockCommand } from '../ssec/blocked.ts';
import type { Upstream } from '../upstream/upstream.ts';

/** A command line of the AWS CLI for the store of the config. */
export function awsCommand(upstream: Upstream, ...words: readonly string[]): string {
  return ['aws', ...words, '--region', upstream.region, ...endpointWords(upstream)].map(quoted).join(' ');
}

/** The command that allows SSE-C in a bucket again. */
export function unblock(upstream: Upstream, bucket: string, encryption?: DefaultEncryption): string {
  const command = unblockCommand(bucket, upstream.region, encryption);
  return [command, ...endpointWords(upstream).map(quoted)].join(' ');
}

/** Without it the command would go to AWS, whatever provider the config says that the store is. */
function endpointWords(upstream: Upstream): readonly string[] {
  return isAws(upstream) ? [] : ['--endpoint-url', endpointOf(upstream)];
}

function isAws({ hostname }: Upstream): boolean {
  return storeAt(hostname)?.provider === 'aws';
}

export function endpointOf({ protocol, hostname, port, basePath }: Upstream): string {
  const name = hostname.includes(':') ? `[${hostname}]` : hostname;
  return `${protocol}//${name}:${port}${basePath}`;
}
