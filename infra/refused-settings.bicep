// App settings that nobody but this template may set, in lower case and without what follows a double underscore: connections,
// whose keys or empty values would win over the identity, and what Flex Consumption refuses, since the plan says it.
// Source: Microsoft, "App settings reference for Azure Functions", Flex Consumption plan deprecations.

@export()
var refusedSettings = [
  'applicationinsights_authentication_string'
  'applicationinsights_connection_string'
  'azurewebjobsstorage'
  'enable_oryx_build'
  'functions_extension_version'
  'functions_worker_runtime'
  'lockstorage'
  'scm_do_build_during_deployment'
  'servicebusconnection'
  'website_contentazurefileconnectionstring'
  'website_contentshare'
  'website_node_default_version'
  'website_run_from_package'
]
