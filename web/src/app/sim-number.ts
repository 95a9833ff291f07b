/** A stream's number, as hosts take it. */
export const isSimNumber = (text: string): boolean => /^\d{5,20}$/.test(text);

export const noSimNumber = 'A SIM number is 5 to 20 digits and nothing else.';
