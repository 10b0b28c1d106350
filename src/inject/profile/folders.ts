/** Is it that folder, or below it? */
export function isWithin(path: string, folder: string): boolean {
  return `${path}/`.startsWith(`${folder}/`) || `${real(path)}/`.startsWith(`${real(folder)}/`);
}

/** /var/run is a link to /run in Debian, of which the image is made. */
function real(path: string): string {
  return path.replace(/^\/var\/run(?=\/|$)/, '/run');
}

/** Has the image such a folder, in which nothing is mounted? */
export function isOfTheImage(path: string): boolean {
  const [, top = ''] = path.split('/');
  return OF_THE_IMAGE.has(top);
}

const OF_THE_IMAGE: ReadonlySet<string> = new Set(
  'app bin boot dev etc home lib lib64 opt proc root sbin sys usr'.split(' '),
);
