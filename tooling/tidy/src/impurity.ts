import ts from 'typescript';

/** Names that would let clock, randomness, waiting or the outside world into a pure package. */
const forbiddenNames: ReadonlySet<string> = new Set([
  'Buffer',
  'Date',
  'FinalizationRegistry',
  'Intl',
  'Promise',
  'SharedArrayBuffer',
  'TextDecoder',
  'TextEncoder',
  'WeakRef',
  'clearImmediate',
  'clearInterval',
  'clearTimeout',
  'console',
  'crypto',
  'fetch',
  'globalThis',
  'performance',
  'process',
  'queueMicrotask',
  'require',
  'setImmediate',
  'setInterval',
  'setTimeout',
]);

/**
 * Lists what makes a source file impure, as `line: name`. Biome refuses the same things, but one
 * `biome-ignore` comment would silence it; nothing silences this.
 */
export function impurities(text: string): readonly string[] {
  const file = ts.createSourceFile('source.ts', text, ts.ScriptTarget.ES2023, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const name = impurityOf(node);
    if (name !== undefined) {
      const { line } = file.getLineAndCharacterOfPosition(node.getStart(file));
      found.push(`${line + 1}: ${name}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function impurityOf(node: ts.Node): string | undefined {
  if (ts.isAwaitExpression(node) || (ts.isForOfStatement(node) && node.awaitModifier)) {
    return 'await';
  }
  if (node.kind === ts.SyntaxKind.AsyncKeyword) return 'async';
  if (ts.isPropertyAccessExpression(node) && node.getText() === 'Math.random') return 'Math.random';
  if (ts.isStringLiteral(node) && node.text.startsWith('node:')) return node.text;
  if (!ts.isIdentifier(node) || !forbiddenNames.has(node.text)) return undefined;
  return isOnlyAPropertyName(node) ? undefined : node.text;
}

/** `command.process` and `{ process: 1 }` name a field; they reach no global. */
function isOnlyAPropertyName(node: ts.Identifier): boolean {
  const parent = node.parent;
  if (ts.isPropertyAccessExpression(parent) || ts.isQualifiedName(parent)) {
    return ts.isPropertyAccessExpression(parent) ? parent.name === node : parent.right === node;
  }
  return (
    (ts.isPropertyAssignment(parent) ||
      ts.isPropertyDeclaration(parent) ||
      ts.isPropertySignature(parent) ||
      ts.isMethodDeclaration(parent) ||
      ts.isMethodSignature(parent)) &&
    parent.name === node
  );
}
