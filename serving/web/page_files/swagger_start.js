// Shows the API at #page. Everything comes from this server; links to operations are kept in the address.
SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#page",
  deepLinking: true,
  validatorUrl: null, // the default one is on another host
});
