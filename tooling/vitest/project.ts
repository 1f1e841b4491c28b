import { defineConfig, type ViteUserConfig } from 'vitest/config';

const conditions = ['group-services-source', 'node', 'import', 'default'];

/** The one vitest configuration of every package: sources are read directly, no build is needed. */
export function projectConfig(name: string): ViteUserConfig {
  return defineConfig({
    resolve: { conditions },
    ssr: { resolve: { conditions } },
    test: {
      name,
      include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
      environment: 'node',
      passWithNoTests: true,
    },
  });
}
