# why: team and kind make the key; two queues of one team go together
provider "aws" {
  region = "eu-west-1"
}

variable "teams" {
  type = list(string)
}

locals {
  queues = { for pair in setproduct(var.teams, ["jobs", "mails"]) : "${pair[0]}/${pair[1]}" => { team = pair[0], kind = pair[1] } }
}

resource "aws_sqs_queue" "team" {
  for_each = local.queues
  name     = "${each.value.kind}-${each.value.team}"
}
