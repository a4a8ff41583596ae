// What the linter must find: markup made of text, a name that is not there, one that is of no use.
const unused = 1;
document.body.innerHTML = location.hash;
missing();
