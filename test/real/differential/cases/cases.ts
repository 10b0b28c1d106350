import type { Case } from '../ask.ts';
import { ACCESS_CASES } from './access.ts';
import { COPY_CASES } from './copies.ts';
import { FRAMING_CASES } from './framings.ts';
import { KEY_HEADER_CASES } from './key-headers.ts';
import { LIST_CASES } from './lists.ts';
import { MULTIPART_CASES } from './multipart.ts';
import { NAME_CASES } from './names.ts';
import { READ_CASES } from './reads.ts';
import { UPLOAD_CHECKSUM_CASES } from './upload-checksums.ts';
import { WRITE_CASES } from './writes.ts';

export const CASES: readonly Case[] = [
  ...READ_CASES,
  ...WRITE_CASES,
  ...KEY_HEADER_CASES,
  ...COPY_CASES,
  ...MULTIPART_CASES,
  ...UPLOAD_CHECKSUM_CASES,
  ...FRAMING_CASES,
  ...ACCESS_CASES,
  ...NAME_CASES,
  ...LIST_CASES,
];
