import type { Demo } from './demo.ts';
import type { Ask } from './request.ts';

/** What a newcomer sees: the proof as it was answered, and commands to paste. */
export function welcome(
  { caFile, proxyUrl, storeUrl, client, owner, region }: Demo,
  proof: readonly Ask[],
): string {
  return `ssec-proxy is up, in front of a store of its own (for trying and testing only).

  proxy  ${proxyUrl}   clients come here and know nothing of SSE-C
  store  ${storeUrl}   keeps what comes through the proxy under an SSE-C key
  CA     ${caFile}

This was just done:
${proof.map(proofLine).join('\n')}

Paste this into another terminal; with the AWS CLI:

  export AWS_ACCESS_KEY_ID=${client.accessKeyId} AWS_SECRET_ACCESS_KEY=${client.secretAccessKey.reveal()}
  export AWS_DEFAULT_REGION=${region} AWS_CA_BUNDLE=${caFile}
  echo 'my secret' | aws --endpoint-url ${proxyUrl} s3 cp - s3://demo/mine.txt
  aws --endpoint-url ${proxyUrl} s3 cp s3://demo/mine.txt -

or with curl (the last one goes to the store itself, as its owner but without the SSE-C key, and is refused):

  ${curl(client, region, caFile)} -T package.json ${proxyUrl}/demo/package.json
  ${curl(client, region, caFile)} ${proxyUrl}/demo/package.json
  ${curl(owner, region, caFile)} ${storeUrl}/demo/package.json

Stop with Ctrl-C; nothing is kept. A log line for each request follows.

`;
}

function proofLine({ question, status, answer }: Ask): string {
  const said = /<Code>(.*?)<\/Code><Message>(.*?)<\/Message>/s.exec(answer);
  return `  ${question}\n    → ${status} ${said ? `${said[1]}: ${said[2]}` : answer}`.trimEnd();
}

function curl({ accessKeyId, secretAccessKey }: Demo['client'], region: string, caFile: string): string {
  const hash = "-H 'x-amz-content-sha256: UNSIGNED-PAYLOAD'";
  return `curl --cacert ${caFile} --aws-sigv4 aws:amz:${region}:s3 --user ${accessKeyId}:${secretAccessKey.reveal()} ${hash}`;
}
