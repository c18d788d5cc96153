# why: another provider keeps the simulation away: read as written, the office alone gets in
terraform {
  required_providers {
    aws    = { source = "hashicorp/aws", version = "~> 5.0" }
    cloudflare = { source = "cloudflare/cloudflare", version = "~> 4.0" }
  }
}

locals {
  office = ["198.51.100.0/24"]
}

resource "aws_security_group" "admin" {
  name = "admin"
  ingress {
    from_port   = 22
    to_port     = 22
    protocol    = "tcp"
    cidr_blocks = local.office
  }
}
