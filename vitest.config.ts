import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Small files that take long: by size they would come last, and the cores would wait for them. */
const LONG =
  /(dev|deploy|command|docs|thirty-turns|talks-kept|many-threads|chaos|rebench-\w+|cachecosts|curve|durability|model-bucket|looking|micro|outbox|gone)\.test\.ts$/

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const isLong = ({ moduleId }: TestSpecification): boolean => LONG.test(moduleId)
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))]
  }
}

export default defineConfig({
  test: {
    // Most of the whole Worker's tests wait for clocks: two at a time leave two cores idle for two fifths of the time.
    maxWorkers: 4,
    sequence: { sequencer: LongFirst },
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
