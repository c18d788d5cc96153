# why: the key is the team, but its position is in the name
provider "aws" {
  region = "eu-west-1"
}

variable "teams" {
  type = list(string)
}

resource "aws_sqs_queue" "team" {
  for_each = { for i, team in var.teams : team => i }
  name     = format("work-%02d-%s", each.value, each.key)
}
