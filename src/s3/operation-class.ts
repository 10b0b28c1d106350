import { OPERATIONS, type Operation } from './operations.ts';

/** What kind of work an operation is, for metrics: few enough to draw one line each. `other`: nothing that S3 knows. */
export const OPERATION_CLASSES = [
  'read',
  'write',
  'list',
  'delete',
  'multipart',
  'copy',
  'admin',
  'other',
] as const;

export type OperationClass = (typeof OPERATION_CLASSES)[number];

const BY_NAME: ReadonlyMap<string, OperationClass> = new Map(
  OPERATIONS.map((operation) => [operation.name, classOfRow(operation)]),
);

/** @param name as the log has it; undefined for what was refused before anybody knew */
export function operationClass(name: string | undefined): OperationClass {
  return (name !== undefined && BY_NAME.get(name)) || 'other';
}

/** A copy takes the store's time and none of the client's, a part of an upload is a piece of a larger object. */
function classOfRow({ copies, ofUpload, access }: Operation): OperationClass {
  if (copies) return 'copy';
  return ofUpload ? 'multipart' : access;
}
