/** The name, with the notebook beside it. */
export function Wordmark() {
  return (
    <span className="inline-flex items-center gap-2.5 font-semibold font-serif text-xl tracking-tight">
      <img src="/favicon.svg" alt="" width={26} height={26} />
      Cahier
    </span>
  );
}
