import type { Version } from './model.ts';

export type Versioning = 'Unversioned' | 'Enabled' | 'Suspended';

/** The versions of a bucket's objects, newest first, with the object keys in UTF-8 byte order. */
export class Versions {
  readonly #byKey = new Map<string, Version[]>();
  #sorted: readonly string[] | undefined;

  /** The current version or delete marker, or the one of that id. */
  find(objectKey: string, versionId?: string): Version | undefined {
    const versions = this.#byKey.get(objectKey);
    return versionId === undefined
      ? versions?.[0]
      : versions?.find((version) => version.versionId === versionId);
  }

  /** Puts a version on top; returns the one of the same id that it replaced, if any. */
  add(version: Version): Version | undefined {
    const replaced = this.remove(version.objectKey, version.versionId);
    const versions = this.#byKey.get(version.objectKey);
    if (versions) versions.unshift(version);
    else {
      this.#byKey.set(version.objectKey, [version]);
      this.#sorted = undefined;
    }
    return replaced;
  }

  /** Replaces the record of the version of the same id. */
  replace(version: Version): void {
    const versions = this.#byKey.get(version.objectKey) ?? [];
    const index = versions.findIndex((candidate) => candidate.versionId === version.versionId);
    if (index >= 0) versions[index] = version;
  }

  remove(objectKey: string, versionId: string): Version | undefined {
    const versions = this.#byKey.get(objectKey) ?? [];
    const index = versions.findIndex((version) => version.versionId === versionId);
    if (index < 0) return undefined;
    const [removed] = versions.splice(index, 1);
    if (versions.length === 0) {
      this.#byKey.delete(objectKey);
      this.#sorted = undefined;
    }
    return removed;
  }

  get empty(): boolean {
    return this.#byKey.size === 0;
  }

  /** Every version in listing order. */
  *all(): Generator<Version> {
    for (const objectKey of this.#keys()) yield* this.#byKey.get(objectKey) ?? [];
  }

  /** The current version of every object key that is not deleted, in listing order. */
  *current(): Generator<Version & { kind: 'object' }> {
    for (const objectKey of this.#keys()) {
      const newest = this.#byKey.get(objectKey)?.[0];
      if (newest?.kind === 'object') yield newest;
    }
  }

  #keys(): readonly string[] {
    this.#sorted ??= inByteOrder([...this.#byKey.keys()]);
    return this.#sorted;
  }
}

/** S3 lists by the bytes of UTF-8; JavaScript's own order is by UTF-16 and differs above U+FFFF. */
export function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function inByteOrder(objectKeys: readonly string[]): string[] {
  return objectKeys
    .map((objectKey) => ({ objectKey, bytes: Buffer.from(objectKey) }))
    .toSorted((a, b) => Buffer.compare(a.bytes, b.bytes))
    .map((entry) => entry.objectKey);
}
