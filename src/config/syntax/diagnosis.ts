import type { Document, ErrorCode } from 'yaml';
import type { Source } from './source.ts';

/** What is wrong with a YAML text, and what to write instead. It never quotes the text, which may be a secret. */
export interface Diagnosis {
  readonly offset: number;
  readonly message: string;
  readonly fix: string;
}

/** What the parser complains of. */
export interface Complaint {
  readonly code: ErrorCode;
  /** In the parser's words, which may quote the text. */
  readonly message: string;
  readonly offset: number;
  readonly source: Source;
  readonly document: Document;
}

/** Recognises one mistake. */
export type Mistake = (complaint: Complaint) => Diagnosis | undefined;
