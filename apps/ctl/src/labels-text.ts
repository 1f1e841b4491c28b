/** What a provider says about itself, on one line: `zone=eu-1 http=:8080`; empty when it says nothing. */
export function labelsText(labels: Readonly<Record<string, string>> | undefined): string {
  const texts = Object.entries(labels ?? {}).sort(([one], [other]) => (one < other ? -1 : 1));
  return texts.map(([name, text]) => `${name}=${text}`).join(' ');
}
