/** What is used of jstat, which has no types of its own. */
declare module 'jstat' {
  const jstat: {
    readonly jStat: {
      mean(values: readonly number[]): number;
      /** `isSample`: divided by n - 1. */
      variance(values: readonly number[], isSample: boolean): number;
      readonly studentt: { inv(p: number, degreesOfFreedom: number): number };
    };
  };
  export default jstat;
}
