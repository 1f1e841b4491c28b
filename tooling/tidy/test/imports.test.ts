import ts from 'typescript';
import { expect, test } from 'vitest';
import { importTable, type Row } from '../src/import-table.js';
import {
  isTest,
  ownPackageOf,
  ownPackages,
  readText,
  sourceFiles,
  workspaces,
} from '../src/repository.js';

const libraries = workspaces().filter(({ path }) => /^(packages|apps)\//.test(path));

test('the import table names exactly the packages that exist', () => {
  expect(Object.keys(importTable).sort()).toEqual(libraries.map(({ name }) => name).sort());
});

test('package.json of each package depends only on what the table allows', () => {
  const wrong = libraries.flatMap(({ path, name, manifest }) => [
    ...ownPackages(manifest.dependencies)
      .filter((own) => !row(name).uses.includes(own))
      .map((own) => `${path} depends on ${own}`),
    ...ownPackages(manifest.devDependencies)
      .filter((own) => !forTests(name).includes(own))
      .map((own) => `${path} uses ${own} in tests`),
  ]);
  expect(wrong).toEqual([]);
});

test('the sources of each package import only what the table allows', () => {
  const wrong = libraries.flatMap(({ path, name }) =>
    ['src', 'test']
      .flatMap((folder) => sourceFiles(`${path}/${folder}`))
      .flatMap((file) => {
        const published = file.startsWith(`${path}/src/`) && !isTest(file);
        const allowed = published ? row(name).uses : forTests(name);
        return importedPackages(file)
          .filter((own) => !allowed.includes(own))
          .map((own) => `${file} imports ${own}`);
      }),
  );
  expect(wrong).toEqual([]);
});

function row(name: string): Row {
  return importTable[name] ?? { uses: [], tests: [] };
}

/** Tests may use what the code uses, a little more, and the package itself through its entry. */
function forTests(name: string): readonly string[] {
  return [...row(name).uses, ...row(name).tests, name];
}

function importedPackages(file: string): readonly string[] {
  return ts
    .preProcessFile(readText(file), true, true)
    .importedFiles.map(({ fileName }) => ownPackageOf(fileName))
    .filter((own) => own !== undefined);
}
