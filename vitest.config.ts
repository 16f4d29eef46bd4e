import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // Most of the whole Worker's tests wait for clocks: two at a time leave two cores idle for two fifths of the time.
    maxWorkers: 4,
    // A file leaves nothing behind in its process, and a process a file costs more than most files' tests.
    isolate: false,
    testTimeout: 120_000,
    hookTimeout: 240_000,
    expect: { poll: { timeout: 60_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'pure',
          include: ['test/{unit,contract,lab}/**/*.test.ts', 'test/architecture.test.ts'],
        },
      },
      {
        extends: true,
        test: { name: 'whole', include: ['test/{integration,e2e}/**/*.test.ts'] },
      },
    ],
  },
})
