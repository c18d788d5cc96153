# why: for_each over a map that is made of the list
provider "aws" {
  region = "eu-west-1"
}

variable "teams" {
  type = list(string)
}

locals {
  queues = { for team in var.teams : team => { name = "work-${team}", wait = 20 } }
}

resource "aws_sqs_queue" "team" {
  for_each                  = local.queues
  name                      = each.value.name
  receive_wait_time_seconds = each.value.wait
}
