# why: the variable is a set, which has no order to begin with
provider "aws" {
  region = "eu-west-1"
}

variable "teams" {
  description = "teams that have a queue"
  type        = set(string)
  nullable    = false
}

resource "aws_sqs_queue" "team" {
  for_each = var.teams
  name     = "work-${each.value}"
}
