/** Fetching, and working in pieces. */

export async function load(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  return response.json();
}

/** Lets the page answer to people between two pieces of work. */
export function pause() {
  return new Promise((resume) => setTimeout(resume));
}
