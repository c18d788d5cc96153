# why: prevent_destroy stops the plan, for the one element that goes
provider "aws" {
  region = "eu-west-1"
}

variable "teams" {
  type = list(string)
}

resource "aws_sqs_queue" "team" {
  for_each = toset(var.teams)
  name     = "work-${each.key}"
  lifecycle {
    prevent_destroy = true
  }
}
