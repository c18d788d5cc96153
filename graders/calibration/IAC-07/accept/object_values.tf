# why: a map of objects made of the list with merge, keys in capitals
provider "aws" {
  region = "eu-west-1"
}

variable "teams" {
  type = list(string)
}

locals {
  defaults = { timeout = 30, retention = 345600 }
  special  = { GREEN = { timeout = 120 } }
  teams    = merge([for team in var.teams : { (upper(team)) = merge(local.defaults, { name = team }, lookup(local.special, upper(team), {})) }]...)
}

resource "aws_sqs_queue" "team" {
  for_each                   = local.teams
  name                       = "work-${each.value.name}"
  visibility_timeout_seconds = each.value.timeout
  message_retention_seconds  = each.value.retention
}
