/**
 * The folder of a host under which the site is published, as links begin with it: `docs/group-services`, as
 * somebody may write it, becomes `/docs/group-services/`. Nothing is the host itself.
 */
export function baseOf(text: string | undefined): string {
  const names = (text ?? '').split('/').filter((name) => name !== '');
  const odd = names.find((name) => !/^[\w.~-]+$/.test(name) || /^\.+$/.test(name));
  if (odd !== undefined) {
    throw new Error(
      `SITE_BASE must be the path of a folder, such as /docs/, and "${odd}" is no name in one`,
    );
  }
  return ['', ...names, ''].join('/');
}
