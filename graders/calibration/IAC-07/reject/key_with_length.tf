# why: the key holds how many there are
provider "aws" {
  region = "eu-west-1"
}

variable "teams" {
  type = list(string)
}

resource "aws_sqs_queue" "team" {
  for_each = { for team in var.teams : "${team}-${length(var.teams)}" => team }
  name     = "work-${each.key}"
}
