import type { Case } from '../ask.ts';
import type { Framing } from '../framing.ts';
import { BODY, KEY, keyHeaders } from './fixtures.ts';

const long = BODY.repeat(20);
const S: Framing = { kind: 'signed' };
const ST: Framing = { kind: 'signed-trailer' };
const UT: Framing = { kind: 'unsigned-trailer' };

const FRAMINGS: Readonly<Record<string, Framing>> = {
  signed: S,
  'signed, without the coding': { ...S, coding: '' },
  'signed, gzip beside the coding': { ...S, coding: 'gzip,aws-chunked' },
  'signed, a wrong signature': { ...S, fault: 'chunk signature' },
  'signed, no signature': { ...S, fault: 'no chunk signature' },
  'signed, no last chunk': { ...S, fault: 'no last chunk' },
  'signed, a size too large': { ...S, fault: 'chunk size too large' },
  'signed, a size that is no number': { ...S, fault: 'chunk size not hexadecimal' },
  'signed, no line break': { ...S, fault: 'no line break behind a chunk' },
  'signed, no decoded length': { ...S, decodedLength: 'none' },
  'signed, a decoded length too short': { ...S, decodedLength: 999 },
  'signed, a decoded length too long': { ...S, decodedLength: 1001 },
  'signed with trailer': ST,
  'signed with trailer, a wrong signature of a chunk': { ...ST, fault: 'chunk signature' },
  'signed with trailer, a wrong signature of the trailer': { ...ST, fault: 'trailer signature' },
  'signed with trailer, no signature of the trailer': { ...ST, fault: 'no trailer signature' },
  'signed with trailer, a wrong checksum': { ...ST, fault: 'trailer checksum' },
  'unsigned with trailer': UT,
  'unsigned with trailer, a wrong checksum': { ...UT, fault: 'trailer checksum' },
  'unsigned with trailer, a checksum that is none': { ...UT, fault: 'trailer not base64' },
  'unsigned with trailer, no trailer': { ...UT, fault: 'no trailer' },
  'unsigned with trailer, another trailer': { ...UT, fault: 'another trailer' },
  'unsigned with trailer, none announced': { ...UT, announces: '' },
  'unsigned with trailer, an unknown one announced': { ...UT, announces: 'x-amz-meta-late' },
  'unsigned with trailer, no last chunk': { ...UT, fault: 'no last chunk' },
  'unsigned with trailer, a size too large': { ...UT, fault: 'chunk size too large' },
  'unsigned with trailer, no decoded length': { ...UT, decodedLength: 'none' },
  'unsigned with trailer, a decoded length too short': { ...UT, decodedLength: 999 },
  'unsigned with trailer, a decoded length too long': { ...UT, decodedLength: 1001 },
};

export const FRAMING_CASES: readonly Case[] = [
  ...Object.entries(FRAMINGS).map(([name, framing]) => ({
    name: `chunks: ${name}`,
    ask: { method: 'PUT' as const, headers: keyHeaders(KEY), body: BODY, framing },
  })),
  {
    name: 'chunks: signed, of 8192 bytes',
    ask: { method: 'PUT', headers: keyHeaders(KEY), body: long, framing: { ...S, size: 8192 } },
  },
  {
    name: 'chunks: signed, of 1000 bytes',
    ask: { method: 'PUT', headers: keyHeaders(KEY), body: long, framing: { ...S, size: 1000 } },
  },
  {
    name: 'chunks: the coding that is stored',
    before: [{ method: 'PUT', headers: keyHeaders(KEY), body: BODY, framing: S }],
    ask: { method: 'HEAD', headers: keyHeaders(KEY) },
    shows: ['content-encoding'],
  },
];
