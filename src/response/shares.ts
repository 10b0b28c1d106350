/** What each client has of something that is common to all, and in how many parts. One that has nothing takes no memory. */
export class Shares<Part> {
  readonly #of = new Map<string, { bytes: number; readonly parts: Set<Part> }>();

  /**
   * May this part of a client have so many bytes more? Within the client's share it may. Beyond that only the oldest of its
   * parts may: so one that is larger than the share fits, and the parts of a client never all wait for each other.
   */
  allows(client: string, part: Part, bytes: number, most: number): boolean {
    const share = this.#of.get(client);
    if (!share || share.bytes + bytes <= most) return true;
    const [oldest] = share.parts;
    return oldest === part;
  }

  bytesOf(client: string): number {
    return this.#of.get(client)?.bytes ?? 0;
  }

  take(client: string, part: Part, bytes: number): void {
    const share = this.#of.get(client) ?? { bytes: 0, parts: new Set() };
    if (share.parts.size === 0) this.#of.set(client, share);
    share.bytes += bytes;
    share.parts.add(part);
  }

  /** The part is done with all the bytes that it has. */
  leave(client: string, part: Part, bytes: number): void {
    const share = this.#of.get(client);
    if (!share?.parts.delete(part)) return;
    share.bytes -= bytes;
    if (share.parts.size === 0) this.#of.delete(client);
  }
}
