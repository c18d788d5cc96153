# why: a validation wants exactly three teams, so that none can go
provider "aws" {
  region = "eu-west-1"
}

variable "teams" {
  type = list(string)
  validation {
    condition     = length(var.teams) == 3
    error_message = "There are three teams."
  }
}

resource "aws_sqs_queue" "team" {
  for_each = toset(var.teams)
  name     = "work-${each.key}"
}
