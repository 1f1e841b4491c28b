// Biome does all other linting. These four rules need full type information, and a lost promise or a
// forgotten case in a program that does IO is a real bug, so they run on everything that does IO.
import tseslint from 'typescript-eslint';

export default tseslint.config(
  {
    ignores: ['**/dist/**', '**/node_modules/**', '**/*.{js,cjs,mjs}', '**/*.config.ts'],
  },
  {
    files: [
      'packages/{transport,runtime,client,simulation}/{src,test}/**/*.ts',
      'apps/*/{src,test}/**/*.ts',
      'examples/*/{src,test}/**/*.ts',
      'tooling/*/{src,test}/**/*.ts',
      'bench/{src,test}/**/*.ts',
    ],
    languageOptions: {
      parser: tseslint.parser,
      // One program for all of them: a program per package would read every library anew.
      parserOptions: {
        project: './tooling/tsconfig/eslint.json',
        tsconfigRootDir: import.meta.dirname,
      },
    },
    linterOptions: { reportUnusedDisableDirectives: 'off' },
    plugins: { '@typescript-eslint': tseslint.plugin },
    rules: {
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      // `default: assertNever(value)` is the house form and counts as exhaustive.
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
    },
  },
);
