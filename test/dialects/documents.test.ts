import t from 'tap';
import { translate } from '../../src/dialects/documents.ts';
import { OBS } from '../../src/dialects/obs.ts';
import { OBS_DOCUMENTS } from '../../src/dialects/obs-documents.ts';
import type { Way } from '../../src/dialects/pairs.ts';
import { OPERATIONS } from '../../src/s3/operations.ts';
import { codeOf, refusal } from '../support/failure.ts';

function told(operation: string, document: string, way: Way): string {
  const difference = OBS_DOCUMENTS.get(operation);
  if (!difference) throw new Error(`no documents of ${operation}`);
  return translate(document, difference, way);
}

/** Operation → a document of S3, and the same in OBS's words. */
const PAIRS: Readonly<Record<string, readonly [s3: string, obs: string]>> = {
  CreateBucket: [
    '<CreateBucketConfiguration><LocationConstraint>cn-north-4</LocationConstraint></CreateBucketConfiguration>',
    '<CreateBucketConfiguration><Location>cn-north-4</Location></CreateBucketConfiguration>',
  ],
  PutBucketEncryption: [
    '<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>aws:kms</SSEAlgorithm><KMSMasterKeyID>a&amp;b</KMSMasterKeyID></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>',
    '<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>kms</SSEAlgorithm><KMSMasterKeyID>a&amp;b</KMSMasterKeyID></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>',
  ],
  PutBucketLifecycleConfiguration: [
    '<LifecycleConfiguration><Rule><ID>1</ID><Prefix>WARM/</Prefix><Status>Enabled</Status><Transition><Days>30</Days><StorageClass>STANDARD_IA</StorageClass></Transition></Rule></LifecycleConfiguration>',
    '<LifecycleConfiguration><Rule><ID>1</ID><Prefix>WARM/</Prefix><Status>Enabled</Status><Transition><Days>30</Days><StorageClass>WARM</StorageClass></Transition></Rule></LifecycleConfiguration>',
  ],
  RestoreObject: [
    '<RestoreRequest><Days>1</Days><GlacierJobParameters><Tier>Expedited</Tier></GlacierJobParameters></RestoreRequest>',
    '<RestoreRequest><Days>1</Days><RestoreJob><Tier>Expedited</Tier></RestoreJob></RestoreRequest>',
  ],
  ListObjects: [
    '<ListBucketResult xmlns="n"><Contents><Key>WARM</Key><StorageClass>GLACIER</StorageClass></Contents><Contents><StorageClass>STANDARD</StorageClass></Contents></ListBucketResult>',
    '<ListBucketResult xmlns="n"><Contents><Key>WARM</Key><StorageClass>COLD</StorageClass></Contents><Contents><StorageClass>STANDARD</StorageClass></Contents></ListBucketResult>',
  ],
  PutBucketAcl: [
    '<AccessControlPolicy><Owner><ID>o</ID></Owner><AccessControlList><Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser"><ID>u</ID></Grantee><Permission>FULL_CONTROL</Permission></Grant><Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="Group"><URI>http://acs.amazonaws.com/groups/global/AllUsers</URI></Grantee><Permission>READ</Permission></Grant></AccessControlList></AccessControlPolicy>',
    '<AccessControlPolicy><Owner><ID>o</ID></Owner><AccessControlList><Grant><Grantee><ID>u</ID></Grantee><Permission>FULL_CONTROL</Permission></Grant><Grant><Grantee><Canned>Everyone</Canned></Grantee><Permission>READ</Permission></Grant></AccessControlList></AccessControlPolicy>',
  ],
};

t.test('documents say the same in either dialect', async (t) => {
  for (const [operation, [s3, obs]] of Object.entries(PAIRS)) {
    t.equal(told(operation, s3, 'own'), obs, `${operation} to OBS`);
    t.equal(told(operation, obs, 'internal'), s3, `${operation} from OBS`);
  }
});

t.test('the differences are of operations that there are', async (t) => {
  const names = new Set<string>(OPERATIONS.map(({ name }) => name));
  const ofObs = /^(?:Get|Put)Bucket(?:CustomDomain|DirectColdAccess|PublicStatus|Quota|StorageInfo)$/;
  const unknown = [...OBS_DOCUMENTS.keys()].filter((name) => !names.has(name) && !ofObs.test(name));
  t.same(unknown, []);
  t.equal(OBS.documents, OBS_DOCUMENTS);
});

t.test('what only one side has is refused by its name, not left out', async (t) => {
  const lifecycle = '<LifecycleConfiguration><Rule><Filter><Tag/></Filter></Rule></LifecycleConfiguration>';
  t.match(
    refusal(() => told('PutBucketLifecycleConfiguration', lifecycle, 'own')),
    {
      code: 'NotImplemented',
      message: /Filter/,
    },
  );
  const grantees = [
    '<URI>http://acs.amazonaws.com/groups/global/AuthenticatedUsers</URI>',
    '<EmailAddress>a@b</EmailAddress>',
    '<ID>a</ID><URI>http://acs.amazonaws.com/groups/global/AllUsers</URI>',
    '<ID> </ID>',
    '<Canned>Nobody</Canned>',
    '',
  ];
  for (const grantee of grantees) {
    const acl = `<AccessControlPolicy><AccessControlList><Grant><Grantee>${grantee}</Grantee><Permission>READ</Permission></Grant></AccessControlList></AccessControlPolicy>`;
    for (const way of ['own', 'internal'] as const)
      t.equal(
        codeOf(() => told('PutBucketAcl', acl, way)),
        'NotImplemented',
        grantee,
      );
  }
});

t.test('an ACL that an object takes over from its bucket is refused', async (t) => {
  const with_ = (delivered: string): string =>
    `<AccessControlPolicy><Owner><ID>o</ID></Owner><Delivered>${delivered}</Delivered><AccessControlList></AccessControlList></AccessControlPolicy>`;
  t.equal(
    codeOf(() => told('GetObjectAcl', with_('true'), 'internal')),
    'NotImplemented',
  );
  t.equal(
    told('GetObjectAcl', with_('false'), 'internal'),
    '<AccessControlPolicy><Owner><ID>o</ID></Owner><AccessControlList></AccessControlList></AccessControlPolicy>',
  );
});

t.test('what says as much as nothing is left out', async (t) => {
  const withKey = (enabled: string): string =>
    `<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault><BucketKeyEnabled>${enabled}</BucketKeyEnabled></Rule></ServerSideEncryptionConfiguration>`;
  t.notMatch(told('GetBucketEncryption', withKey('false'), 'own'), 'BucketKey');
  t.equal(
    codeOf(() => told('GetBucketEncryption', withKey('true'), 'own')),
    'NotImplemented',
  );
});

t.test('a document that is none is refused as such', async (t) => {
  const deep = `<LifecycleConfiguration>${'<Rule>'.repeat(9_000)}${'</Rule>'.repeat(9_000)}</LifecycleConfiguration>`;
  for (const text of [
    '',
    '<a>',
    '<LifecycleConfiguration>',
    '<Other/>',
    '<!DOCTYPE a><LifecycleConfiguration/>',
    deep,
  ])
    for (const way of ['own', 'internal'] as const)
      t.equal(
        codeOf(() => told('PutBucketLifecycleConfiguration', text, way)),
        'MalformedXML',
      );
});
