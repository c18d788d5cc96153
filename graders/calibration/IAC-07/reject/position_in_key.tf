# why: the key holds team and position, so the keys of all later teams change
provider "aws" {
  region = "eu-west-1"
}

variable "teams" {
  type = list(string)
}

resource "aws_sqs_queue" "team" {
  for_each = { for i, team in var.teams : "${i}-${team}" => team }
  name     = "work-${each.value}"
}
