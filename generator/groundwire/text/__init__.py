"""Pure functions of text: words, sentences, escaping, limits of quotation, addresses, colours."""
