# why: the names are cleaned and sorted before they become keys
provider "aws" {
  region = "eu-west-1"
}

variable "teams" {
  type = list(string)
}

resource "aws_sqs_queue" "team" {
  for_each = toset(sort(distinct(compact([for team in var.teams : lower(trimspace(team))]))))
  name     = "work-${each.key}"
}
