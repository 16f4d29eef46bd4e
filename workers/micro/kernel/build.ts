// Which build of the engine this is; what it computed is used by the same build only. Written by build.sh, but for the
// first number: raise it with every change of the TypeScript around the kernel that changes keys, values or their layout.
export const KERNEL_BUILD = '1-f0c935ebac6a'
