//! Tokens in virtual time: authorisations in a browser, tokens from somebody else, and what is printed meanwhile.

mod browser;
mod given;
mod scopes;
mod secrets;
