# why: for_each over a map whose keys are positions
provider "aws" {
  region = "eu-west-1"
}

variable "teams" {
  type = list(string)
}

resource "aws_sqs_queue" "team" {
  for_each = { for i, team in var.teams : tostring(i) => team }
  name     = "work-${each.value}"
}
