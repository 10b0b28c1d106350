import t, { type Test } from 'tap';
import { codeOf } from '../support/failure.ts';
import {
  DATED_TWICE,
  hasToken,
  headerOf,
  OBS_VECTORS,
  type ObsVector,
  RECORDER,
  type Sent,
  sentAt,
  TOKEN,
  verifyRecorded,
} from './vectors.ts';

const RECORDED: readonly ObsVector[] = [...OBS_VECTORS, DATED_TWICE];
const MISMATCH = 'SignatureDoesNotMatch';

/** What becomes of another request that claims the signature of a recorded one. */
function judged(vector: ObsVector, change: Partial<Sent>): string {
  return codeOf(() => verifyRecorded({ ...vector, ...change }, { now: sentAt(vector) }));
}

function refuses(t: Test, vector: ObsVector, what: string, change: Partial<Sent>, codes = [MISMATCH]): void {
  const code = judged(vector, change);
  if (!codes.includes(code)) t.fail(`${code}: ${what}: ${vector.sdk} ${vector.method} ${vector.target}`);
}

function prefixOf({ scheme }: ObsVector): string {
  return scheme === 'OBS' ? 'x-obs-' : 'x-amz-';
}

function isSigned(vector: ObsVector, name: string): boolean {
  const lower = name.toLowerCase();
  const date =
    lower === 'date' &&
    vector.where === 'header' &&
    !vector.headers.some(([one]) => /^x-obs-date$/i.test(one));
  return date || /^content-(?:md5|type)$/.test(lower) || lower.startsWith(prefixOf(vector));
}

/** Path and parameters as they stand on the wire. */
function parted({ target }: Sent): { path: string; parameters: readonly string[] } {
  const [path = '', query = ''] = target.split('?');
  return { path, parameters: query === '' ? [] : query.split('&') };
}

function targetOf(path: string, parameters: readonly string[]): string {
  return parameters.length === 0 ? path : `${path}?${parameters.join('&')}`;
}

const OF_THE_SIGNATURE = /^(?:AWSAccessKeyId|AccessKeyId|Expires|Signature)=/;
/** Of the recorded ones. */
const UNSIGNED = /^(?:prefix|max-keys|delimiter|marker|key-marker|encoding-type)=/;

t.test('refuses another method', async (t) => {
  for (const vector of RECORDED)
    for (const method of ['GET', 'HEAD', 'PUT', 'POST', 'DELETE'])
      if (method !== vector.method) refuses(t, vector, method, { method });
});

t.test('refuses another path, whichever byte of it is another', async (t) => {
  const seen = new Set<string>();
  for (const vector of RECORDED) {
    const { path, parameters } = parted(vector);
    const changed = (to: string, what: string): void => {
      seen.add(what);
      refuses(t, vector, what, { target: targetOf(to, parameters) }, [MISMATCH, 'InvalidBucketName']);
    };
    changed(`${path}x`, 'a letter more');
    // `/bkt` and `/bkt/` are one bucket, and one of them is signed by many who send the other.
    if (path !== '/' && path !== '/bkt') changed(`${path}/`, 'a slash more');
    for (const [what, pattern, by] of [
      ['another letter', /(?<!%.?)[a-yA-Y](?=[^%]*$)/, 'z'],
      ['another encoded letter', /%[0-9A-F]{2}%[0-9A-F]{2}%[0-9A-F]{2}(?=[^%]*%29)/, '%E4%B8%AE'],
      ['another encoded sign', /%29/, '%28'],
      ['another space', /%20/, '%21'],
      ['a plus for a space', /%20/, '+'],
      ['another slash', /%2F/, '%5C'],
      ['a slash for a backslash', /(?<=.)\//, '%5C'],
      ['two slashes', /(?<=.)\//, '//'],
      ['another tilde', /~/, '-'],
      ['another dot', /\./, '-'],
      ['another digit', /(?<!%.?)\d/, '9'],
      ['one letter less', /(?<=[^/])[a-z]$/, ''],
    ] as const)
      if (pattern.test(path) && path.replace(pattern, by) !== path) changed(path.replace(pattern, by), what);
  }
  t.equal(seen.size, 14, [...seen].join(', '));
});

t.test('refuses another bucket', async (t) => {
  for (const vector of RECORDED) {
    const host = (to: (name: string) => string): Partial<Sent> => ({
      headers: vector.headers.map(([name, value]) => [name, /^host$/i.test(name) ? to(value) : value]),
    });
    const name = headerOf(vector, 'host') ?? '';
    if (name.startsWith('bkt.')) {
      refuses(
        t,
        vector,
        'another name',
        host((value) => value.replace('bkt.', 'bkx.')),
      );
      if (parted(vector).path !== '/')
        refuses(
          t,
          vector,
          'none',
          host((value) => value.replace('bkt.', '')),
          [MISMATCH, 'InvalidBucketName'],
        );
    } else if (name.startsWith('obs.') && vector.target.startsWith('/bkt'))
      refuses(t, vector, 'path style', { target: vector.target.replace('/bkt', '/bkx') });
  }
});

t.test('refuses another value of a signed header, its loss, its copy and a new name of it', async (t) => {
  for (const vector of RECORDED) {
    for (const [index, [name, value]] of vector.headers.entries()) {
      if (!isSigned(vector, name)) continue;
      const put = (...fields: (readonly [string, string])[]): Partial<Sent> => ({
        headers: vector.headers.toSpliced(index, 1, ...fields),
      });
      const date = name.toLowerCase() === 'date' || name.toLowerCase().endsWith('-date');
      const other = date
        ? new Date(Date.parse(value) + 1000).toUTCString()
        : value.replace(/[\dA-Za-z](?=[^\dA-Za-z]*$)/, (letter) => (letter === 'x' ? 'y' : 'x'));
      refuses(t, vector, `another ${name}`, put([name, other]));
      const lost = date ? [MISMATCH, 'AccessDenied', 'RequestTimeTooSkewed'] : [MISMATCH];
      refuses(t, vector, `without ${name}`, put(), lost);
      refuses(t, vector, `${name} twice`, put([name, value], [name, value]), [MISMATCH, 'InvalidRequest']);
      if (!name.toLowerCase().startsWith('x-')) continue;
      refuses(t, vector, `another name for ${name}`, put([`${name}a`, value]), lost);
      refuses(t, vector, `${name} in other letters, twice`, put([name.toUpperCase(), value], [name, value]), [
        MISMATCH,
        'InvalidRequest',
      ]);
    }
  }
});

t.test('takes the names of headers in other letters for the same', async (t) => {
  for (const vector of RECORDED) {
    const headers = vector.headers.map(([name, value]) => [name.toUpperCase(), value] as const);
    t.equal(judged(vector, { headers }), 'ok');
  }
});

t.test('refuses every header of its prefix that was added', async (t) => {
  const more =
    `acl meta-more copy-source copy-source-range storage-class server-side-encryption metadata-directive
    server-side-encryption-customer-algorithm server-side-encryption-customer-key grant-read callback persistent-headers
    expires website-redirect-location tagging object-lock-mode security-token date symlink-target`.split(
      /\s+/,
    );
  for (const vector of RECORDED)
    for (const name of more) {
      const whole = `${prefixOf(vector)}${name}`;
      if (vector.headers.some(([one]) => one.toLowerCase() === whole)) continue;
      refuses(
        t,
        vector,
        `added ${whole}`,
        { headers: [...vector.headers, [whole, 'bkt/other']] },
        [
          MISMATCH,
          // A date that is none.
          ...(name === 'date' ? ['AccessDenied'] : []),
          'InvalidArgument',
        ].slice(0, name === 'security-token' ? 3 : name === 'date' ? 2 : 1),
      );
    }
});

t.test('refuses Content-MD5 and Content-Type where none was signed', async (t) => {
  for (const vector of RECORDED)
    for (const name of ['content-md5', 'content-type'])
      if (!vector.headers.some(([one]) => one.toLowerCase() === name))
        refuses(t, vector, name, { headers: [...vector.headers, [name, 'text/plain']] });
});

t.test('refuses another value of a sub-resource, its loss and its copy', async (t) => {
  let changed = 0;
  for (const vector of RECORDED) {
    const { path, parameters } = parted(vector);
    for (const [index, parameter] of parameters.entries()) {
      if (OF_THE_SIGNATURE.test(parameter) || UNSIGNED.test(parameter)) continue;
      changed += 1;
      const put = (...to: readonly string[]): Partial<Sent> => ({
        target: targetOf(path, parameters.toSpliced(index, 1, ...to)),
      });
      const [name = '', value] = parameter.split('=');
      refuses(t, vector, `without ${name}`, put());
      refuses(t, vector, `another ${name}`, put(`${name}=${value ?? ''}x`));
      refuses(t, vector, `${name} twice`, put(parameter, parameter), ['InvalidArgument']);
      // Names are signed in the letters of the wire.
      refuses(
        t,
        vector,
        `${name} in other letters`,
        put(parameter.replace(/^[^=]+/, (text) => text.toUpperCase())),
      );
      if (value !== undefined && value !== '') refuses(t, vector, `${name} without its value`, put(name));
    }
  }
  t.ok(changed > 100, `${changed} sub-resources`);
});

t.test('refuses every sub-resource that was added, in whatever letters', async (t) => {
  const more =
    `acl append attname backtosource cors customdomain delete deletebucket directcoldaccess encryption
    inventory length lifecycle location logging metadata mirrorBackToSource modify name notification object-lock
    obscompresspolicy partNumber policy policyStatus position publicAccessBlock quota rename replication requestPayment
    response-content-disposition response-content-type restore retention select storageClass storagePolicy symlink tagging
    torrent truncate uploadId uploads versionId versioning versions website x-image-process x-image-save-object
    x-obs-accesslabel x-obs-trash x-obs-snapshot attributes legal-hold APPEND versionid Acl`.split(/\s+/);
  for (const vector of RECORDED) {
    const { path, parameters } = parted(vector);
    const had = new Set(parameters.map((one) => one.split('=')[0]?.toLowerCase()));
    for (const name of more)
      if (!had.has(name.toLowerCase()))
        // A client of S3 spells its names in one way, and others are refused later.
        for (const value of vector.scheme === 'AWS' && name.startsWith('x-obs-') ? [] : ['=1', ''])
          refuses(t, vector, `added ${name}${value}`, {
            target: targetOf(path, [...parameters, `${name}${value}`]),
          });
  }
});

t.test('refuses another access key id, signature and end of a link', async (t) => {
  for (const vector of RECORDED) {
    const inAll = (pattern: RegExp, by: string): Partial<Sent> => ({
      target: vector.target.replace(pattern, by),
      headers: vector.headers.map(([name, value]) => [
        name,
        /^authorization$/i.test(name) ? value.replace(pattern, by) : value,
      ]),
    });
    refuses(t, vector, 'id', inAll(/OBSVECTORAK00000001/, 'OBSVECTORAK00000002'), ['InvalidAccessKeyId']);
    if (vector.where === 'header') {
      refuses(t, vector, 'signature', inAll(/:./, ':_'));
      refuses(t, vector, 'without its signature', inAll(/:.*/, ':'));
      continue;
    }
    refuses(t, vector, 'signature', inAll(/Signature=./, 'Signature=_'));
    refuses(t, vector, 'later', inAll(/Expires=\d/, 'Expires=9'));
    for (const name of ['Expires', 'Signature', 'AccessKeyId', 'AWSAccessKeyId'])
      if (new RegExp(`[?&]${name}=`).test(vector.target))
        refuses(t, vector, `without ${name}`, inAll(new RegExp(`(?<=[?&])${name}=[^&]*&?`), ''), [
          'AccessDenied',
          'InvalidArgument',
        ]);
  }
});

t.test('keeps to the time that was signed', async (t) => {
  for (const vector of RECORDED) {
    const at = (milliseconds: number): string => {
      const now = new Date(sentAt(vector).getTime() + milliseconds);
      return codeOf(() => verifyRecorded(vector, { now }));
    };
    const minute = 60_000;
    if (vector.where === 'query') {
      t.equal(at(1000), 'ok');
      t.equal(at(1001), 'AccessDenied', 'expired');
    } else {
      t.equal(at(15 * minute), 'ok');
      t.equal(at(-15 * minute), 'ok');
      t.equal(at(15 * minute + 1), 'RequestTimeTooSkewed');
      t.equal(at(-15 * minute - 1), 'RequestTimeTooSkewed');
    }
  }
});

t.test('wants the security token that the config has, and none where it has none', async (t) => {
  const withToken = RECORDED.filter(hasToken);
  t.equal(withToken.length, 11);
  for (const vector of RECORDED) {
    const client = hasToken(vector) ? RECORDER : { ...RECORDER, sessionToken: TOKEN };
    t.equal(
      codeOf(() => verifyRecorded(vector, { client })),
      'InvalidToken',
    );
  }
});
