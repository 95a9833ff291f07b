/** web/build.mjs bundles and minifies a style sheet and hands it over ready for `static styles`. */
declare module '*.css' {
  import type { CSSResult } from 'lit';
  const styles: CSSResult;
  export default styles;
}
