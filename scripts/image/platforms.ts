/** What the image is made for, by the builder's name (`TARGETARCH` in a Dockerfile), which is Debian's name too. */
export const PLATFORMS = {
  amd64: { node: 'linux-x64', process: 'x64' },
  arm64: { node: 'linux-arm64', process: 'arm64' },
} as const;

export type Platform = keyof typeof PLATFORMS;

export function isPlatform(name: string): name is Platform {
  return Object.hasOwn(PLATFORMS, name);
}

/** What a builder on this machine builds for by default. */
export function ownPlatform(): Platform {
  const found = Object.entries(PLATFORMS).find(([, { process: name }]) => name === process.arch);
  if (!found)
    throw new Error(`the image is made for amd64 and arm64; name one, since this machine is ${process.arch}`);
  return found[0] as Platform;
}
